"""The matrix test of rights: every address of the portal as every role on every group around its object."""
