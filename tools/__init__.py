"""Scripts that set up, start, test and check the portal; the application never imports them."""
