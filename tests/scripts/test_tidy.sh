#!/bin/sh
# The rules of the tree that a program can check.
exec "${PYTHON3:-python3}" "$(dirname "$0")/../../tools/tidy" --tap
