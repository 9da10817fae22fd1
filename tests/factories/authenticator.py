"""A passkey device in software: what a browser's `navigator.credentials` answers, as the page's script sends it."""

import hashlib
import json
import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cbor import encode
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

_PRESENT, _HOLDS_KEY = 0x01, 0x40


class Device:
    """One key. `origin`: of the page that asks, which a browser writes into each answer."""

    def __init__(self, origin="http://localhost:8000"):
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.counter = 0

    def create(self, options):
        requested = options["publicKey"]
        public = encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        held = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public
        made = self._signed_part(requested["rp"]["id"], _PRESENT | _HOLDS_KEY) + held
        attestation = encode({"fmt": "none", "attStmt": {}, "authData": made})
        return self._answer(
            clientDataJSON=self._client("webauthn.create", requested["challenge"]), attestationObject=attestation
        )

    def get(self, options):
        requested = options["publicKey"]
        self.counter += 1
        made, client = (
            self._signed_part(requested["rpId"], _PRESENT),
            self._client("webauthn.get", requested["challenge"]),
        )
        signature = self.key.sign(made + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=made, signature=signature)

    def _signed_part(self, host, flags):
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _client(self, kind, challenge):
        assert websafe_decode(challenge)
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _answer(self, **parts):
        response = {name: websafe_encode(value) for name, value in parts.items()}
        return {
            "id": websafe_encode(self.id),
            "rawId": websafe_encode(self.id),
            "type": "public-key",
            "response": response,
        }
