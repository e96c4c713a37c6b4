#!/bin/sh
# Registers a status URL, waits for the end of the export and prints the manifest, with curl and sed.
#   sh examples/curl.sh STATUS_URL [NAME_OF_A_CREDENTIAL]
set -eu
API=${BULKWATCH_API_URL:-http://127.0.0.1:8080}

call() {
  curl -sS --fail-with-body ${BULKWATCH_API_KEY:+-H "Authorization: Bearer $BULKWATCH_API_KEY"} "$@"
}
member() { # of a JSON object, where it is a text
  sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"
}

# The same again gives the same job, so it may be repeated as often as you like.
body="{\"statusUrl\":\"$1\"${2:+,\"credential\":\"$2\"}}"
job=$(call "$API/v1/jobs" -H 'Content-Type: application/json' -d "$body") || {
  echo "$job" >&2
  exit 1
}
id=$(echo "$job" | sed 's/{"id":"\([^"]*\)".*/\1/')
echo "registered $id"

# The api holds the answer until there is news, 30 seconds at most.
state=registered
while [ "$state" = registered ] || [ "$state" = in-progress ]; do
  state=$(call "$API/v1/jobs/$id?wait=30" | member state)
  echo "$state"
done
[ "$state" = completed ]
call "$API/v1/jobs/$id/manifest"
echo
