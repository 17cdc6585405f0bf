"""The rules of the installed `s3-perimeter`, served from a folder of your own."""

from s3_perimeter.policies.engine.serve import main

if __name__ == "__main__":
    raise SystemExit(main())
