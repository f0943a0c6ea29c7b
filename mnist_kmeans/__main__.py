"""The command mnist-kmeans, also as python -m mnist_kmeans: a process that ends well, whatever comes."""

import sys

try:
    from mnist_kmeans.basics import interrupts
except KeyboardInterrupt:  # before anybody listens to it
    print("mnist-kmeans: interrupted", file=sys.stderr)
    sys.exit(130)


def main(arguments=None, checkout=None):
    """Run one command as `mnist_kmeans.cli.main` does, and return its exit status.

    Ctrl-C ends it with one line, from here on: before what takes long is loaded. When nobody reads the
    output any more, as after `head -1`, it ends quietly, with the status that shells give to that.
    """
    with interrupts.one_line("mnist-kmeans"):
        from mnist_kmeans import cli
        from mnist_kmeans.basics import outputs

        outputs.replace_what_cannot_be_encoded()
        try:
            try:
                return cli.main(arguments, checkout)
            finally:
                sys.stdout.flush()
        except OSError as error:  # where the output should go
            sys.stdout = None
            if isinstance(error, BrokenPipeError):
                return 141
            print(f"mnist-kmeans: cannot print: {error}", file=sys.stderr)
            return 1


if __name__ == "__main__":
    sys.exit(main())
