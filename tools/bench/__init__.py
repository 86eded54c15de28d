"""`make bench`: how fast the portal's pages are, at three sizes, against the least that any page could cost."""
