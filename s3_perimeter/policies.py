"""The folder `policies/` of this checkout; a wheel has the folder itself in the place of this file."""

from s3_perimeter._checkout import use_the_checkouts_folder

use_the_checkouts_folder(__name__)
