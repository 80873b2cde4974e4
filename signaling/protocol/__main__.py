"""`python -m signaling.protocol --ts|--md`: print what is generated from the protocol."""

import sys

from signaling.protocol import markdown, typescript

RENDERERS = {"--ts": typescript.render, "--md": markdown.render}


def main() -> int:
    renderer = RENDERERS.get(sys.argv[1]) if len(sys.argv) == 2 else None
    if renderer is None:
        sys.stderr.write("usage: python -m signaling.protocol --ts | --md\n")
        return 2
    sys.stdout.write(renderer())
    return 0


if __name__ == "__main__":
    sys.exit(main())
