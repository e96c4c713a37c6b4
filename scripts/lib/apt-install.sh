#!/bin/sh
# Installs one Debian package for its programs only: usage `apt-install.sh PACKAGE`, as root.
# Debian starts and enables the service that a package brings, which would put a Redis on the
# well-known port. A policy file that says no to every start is laid down for the time of the
# installation, unless the machine has a policy of its own, and taken away again however we end.
set -eu
policy=/usr/sbin/policy-rc.d
already=no
if dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; then
  already=yes
fi
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' HUP INT TERM
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "$1"
# The service is named as its package. It must not come up with the machine's next start either.
if [ "$already" = no ] && [ -e "/etc/init.d/$1" ]; then
  update-rc.d "$1" disable
fi
