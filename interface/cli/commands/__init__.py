"""What each word after ``ccplan`` does; imported only when that word is used, so that help comes at once."""
