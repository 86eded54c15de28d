"""Pages of the standards: frameworks to browse, goal templates to read and write."""
