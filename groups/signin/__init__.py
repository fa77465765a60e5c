"""Signing in: passwords, second factors, devices, single sign-on, and the directory that creates people."""
