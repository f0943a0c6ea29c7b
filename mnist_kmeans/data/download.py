"""Fetch the published MNIST files: several mirrors, checked, and nothing half-done."""

import errno
import hashlib
import threading

from mnist_kmeans.basics.errors import DownloadError
from mnist_kmeans.basics.files import reason

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
PUBLISHED = {  # SHA-256 of the gzipped files of the full edition, as the mirrors hold them
    "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
}
TIMEOUTS = (4, 10)  # seconds: to connect, and between two packets
NO_ANSWER = "no answer"
UNKNOWN_NAME = "nobody can tell the address of this name"
OUT_OF_REACH = "no way leads there"
NO_NETWORK = {NO_ANSWER, UNKNOWN_NAME, OUT_OF_REACH}
UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN}
NO_NETWORK_AFTER = 8  # seconds without any answer (looking up a host name knows no timeout)


def download(name, silent, target):
    """Return the bytes of a published file, from the first mirror that has it whole.

    They stay in memory, 10 MB at most, until they are checked: whatever breaks or interrupts a
    download, there is nothing on disk to leave behind. `silent` holds the mirrors not to be asked, and
    why; `target` is the folder where the file is missing.
    Raises DownloadError that says in a line for each mirror what stopped it.
    """
    failures = dict(silent)
    for mirror in MIRRORS:
        if mirror in silent:
            continue
        try:
            content = get(mirror + name)
        except Exception as error:  # certificates and proxies raise other kinds than requests does
            failures[mirror] = root_reason(error)
            continue
        found = hashlib.sha256(content).hexdigest()
        if found == PUBLISHED[name]:
            return content
        failures[mirror] = (
            f"not the published file: SHA-256 {found} where {PUBLISHED[name]} is expected"
        )
    lines = [f"cannot download {name}, which is not in {target}:"]
    lines += [f"  {mirror}: {why}" for mirror, why in failures.items()]
    if failures and all(why in NO_NETWORK for why in failures.values()):
        lines.append("There seems to be no network.")
    raise DownloadError("\n".join(lines))


def silent_mirrors():
    """Return {mirror: why} for the mirrors that do not answer at all within a few seconds."""
    import requests

    silent = dict.fromkeys(MIRRORS, NO_ANSWER)

    def ask(mirror):
        try:
            requests.head(mirror, timeout=TIMEOUTS)
            del silent[mirror]
        except Exception as error:  # as above
            silent[mirror] = root_reason(error)

    threads = [threading.Thread(target=ask, args=(mirror,), daemon=True) for mirror in MIRRORS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(NO_NETWORK_AFTER / len(threads))
    return dict(silent)


def get(url):
    """Return the bytes behind a URL; raise requests.RequestException if they do not all arrive."""
    import requests

    from mnist_kmeans.basics.progress import bar

    content = bytearray()
    with requests.get(url, stream=True, timeout=TIMEOUTS) as response:
        response.raise_for_status()
        length = response.headers.get("Content-Length", "")
        with bar(int(length) if length.isdecimal() else None, "B") as steps:
            for chunk in response.iter_content(2**16):
                content += chunk
                steps.update(len(chunk))
    return bytes(content)


def root_reason(error):
    """Return in one line what stopped a download: what the first exception behind this one says.

    Those of requests wrap it in jargon.
    """
    import socket
    import ssl

    kinds = [type(error).__name__]
    while error.__context__ is not None:
        error = error.__context__
        kinds.append(type(error).__name__)
    if isinstance(error, socket.gaierror):
        return UNKNOWN_NAME
    if isinstance(error, OSError) and error.errno in UNREACHABLE:
        return OUT_OF_REACH
    said = reason(error)
    if "ProxyError" in kinds:
        return f"the proxy in between does not let it through: {said}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"its certificate is not trusted: {error.verify_message}; behind a proxy with certificates "
            "of its own, name their file in REQUESTS_CA_BUNDLE"
        )
    return said
