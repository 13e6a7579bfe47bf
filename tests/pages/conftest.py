"""Fixtures of the certificates' world."""

from tests.certificates.certificate_world import build, desk, documents, files, http

__all__ = ["build", "desk", "documents", "files", "http"]
