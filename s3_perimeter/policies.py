"""The folder `policies/` of this checkout; a wheel has the folder itself in the place of this file."""

from s3_perimeter._checkout import take_the_folder_beside

take_the_folder_beside(__name__)
