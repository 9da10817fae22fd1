"""How allauth keeps the secrets of second factors: in our own encryption, under our keys."""

from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser

from wharfinger.db.encryption import decrypt, encrypt


class EncryptedSecrets(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Named by the setting MFA_ADAPTER."""

    def encrypt(self, text: str) -> str:
        return encrypt(text.encode())

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text).decode()

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        """What an authenticator app lists it by."""
        return user.get_username()
