"""The folder `components/` of this checkout; a wheel has the folder itself in the place of this file."""

from typing import TYPE_CHECKING

from s3_perimeter._checkout import use_the_checkouts_folder

if TYPE_CHECKING:
    from components import *  # noqa: F403

use_the_checkouts_folder(__name__)
