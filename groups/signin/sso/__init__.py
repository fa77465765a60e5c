"""Single sign-on: a brand's own identity provider by OpenID Connect or SAML, and who gets in without it."""
