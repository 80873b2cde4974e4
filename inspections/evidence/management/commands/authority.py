from cryptography import x509
from django.core.management.base import BaseCommand, CommandError, CommandParser

from inspections.evidence import authority, certificates


class Command(BaseCommand):
    help = (
        "Show the root certificate that third parties need; revoke a certificate; write the list "
        "of the revoked ones (CRL)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", title="actions")
        take_back = actions.add_parser("revoke", help="take a certificate back from now on")
        take_back.add_argument("serial", help="serial number in hex, as openssl prints it")
        actions.add_parser("crl", help="write crl.pem beside root.pem")

    def handle(self, *_args: object, **options: object) -> None:
        if options["action"] == "revoke":
            self._revoke(str(options["serial"]))
        if options["action"] in ("revoke", "crl"):
            self._write_list()
            return
        root = authority.root()
        self.stdout.write(f"根证书：{authority.root_file()}")
        self.stdout.write(f"名称：{root.subject.rfc4514_string()}")
        self.stdout.write(f"SHA-256 指纹：{authority.fingerprint()}")

    def _revoke(self, words: str) -> None:
        try:
            serial = int(words.replace(":", ""), 16)
        except ValueError:
            raise CommandError(f"{words} 不是证书序列号（十六进制）", returncode=2) from None
        authority.revoke(serial)
        self.stdout.write(f"已吊销序列号 {serial:x}")

    def _write_list(self) -> None:
        found = x509.load_der_x509_crl(authority.crl())
        path = authority.root_file().with_name("crl.pem")
        certificates.write(path, certificates.pem_of_list(found), mode=0o644)
        self.stdout.write(f"吊销列表：{path}，{len(found)} 张")
