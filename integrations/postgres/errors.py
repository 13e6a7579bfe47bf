"""What is said when the embedded PostgreSQL cannot be had?"""


class EmbeddedPostgresError(RuntimeError):
    """The embedded server cannot be started; the message tells a person what stands in the way."""
