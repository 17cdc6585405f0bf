"""The folder `components/` of this checkout; a wheel has the folder itself in the place of this file."""

from typing import TYPE_CHECKING

from s3_perimeter._checkout import take_the_folder_beside

if TYPE_CHECKING:
    from components import *  # noqa: F403

take_the_folder_beside(__name__)
