"""A wiki."""

import wikitools
