"""What does the desk refuse about certificates?"""

from app.core.errors import NotFound


class CertificateNotRendered(NotFound):
    """404: the certificate exists and its PDF is being prepared, which takes a moment. Ask again."""

    code = "certificate_not_rendered"
    title_en = "The PDF is being prepared"
    title_ja = "PDFを準備しています"
