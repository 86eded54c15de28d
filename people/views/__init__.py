"""Pages about people: oneself, invitations, who belongs to an organisation."""
