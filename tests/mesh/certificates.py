"""Makes throw-away certificates for the tests of fairway-mesh: python certificates.py FOLDER

For each of `ours` and `theirs`: an authority (NAME-ca.pem), a server's certificate for this machine (NAME-server.pem, .key)
and a client's (NAME-client.pem, .key), all valid for a day.
"""
import datetime
import ipaddress
import pathlib
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

NOW = datetime.datetime.now(datetime.timezone.utc)
DAY = datetime.timedelta(days=1)


def certificate(name, key, issuer, issuer_key, authority):
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject(name))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + DAY)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if not authority:
        names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def subject(name):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def main(folder):
    for owner in ("ours", "theirs"):
        root_key = ec.generate_private_key(ec.SECP256R1())
        root = certificate(f"{owner} authority", root_key, subject(f"{owner} authority"), root_key, True)
        (folder / f"{owner}-ca.pem").write_bytes(pem(root))
        for role in ("server", "client"):
            key = ec.generate_private_key(ec.SECP256R1())
            leaf = certificate(f"{owner} {role}", key, root.subject, root_key, False)
            (folder / f"{owner}-{role}.pem").write_bytes(pem(leaf))
            text = key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            (folder / f"{owner}-{role}.key").write_bytes(text)


main(pathlib.Path(sys.argv[1]))
