#!/bin/sh
# Installs Liuhen from this bundle, without a network:  sh install.sh /opt/liuhen [release.pub]
# Every file is held against SHA256SUMS first; with a public key SHA256SUMS is held against its
# signature too. Run again with a newer bundle it upgrades. Homes lie elsewhere and are not touched.
set -eu
target=${1:?"usage: sh install.sh FOLDER [PUBLIC-KEY.pem]"}
key=${2:-}
here=$(cd "$(dirname "$0")" && pwd)
cd "$here"

if [ -n "$key" ]; then
    openssl pkeyutl -verify -rawin -pubin -inkey "$key" -in SHA256SUMS -sigfile SHA256SUMS.sig \
        >/dev/null 2>&1 || { echo "签名不符，没有安装 · the signature is not right, nothing installed" >&2; exit 1; }
fi
sha256sum --quiet --check SHA256SUMS >&2 \
    || { echo "文件与清单不符，没有安装 · files differ from the list, nothing installed" >&2; exit 1; }
unlisted=$(find . -type f ! -name SHA256SUMS ! -name SHA256SUMS.sig | sed 's|^\./||' | while read -r one; do
    grep -qF "  $one" SHA256SUMS || echo "$one"; done)
[ -z "$unlisted" ] || { echo "清单之外的文件，没有安装 · not in the list, nothing installed: $unlisted" >&2; exit 1; }

version=$(cat python)
python=$(command -v "python$version" || command -v python3 || true)
"${python:-false}" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$version')" \
    || { echo "需要 Python $version · Python $version is needed" >&2; exit 1; }
if [ -e "$target" ] && [ ! -e "$target/uninstall.sh" ] && [ -n "$(ls -A "$target")" ]; then
    echo "$target 里有别的文件，没有安装 · other files are there, nothing installed" >&2; exit 1
fi

"$python" -m venv "$target"
"$target/bin/pip" install --quiet --disable-pip-version-check --no-index --no-deps --require-hashes \
    --find-links wheels -r run.txt
cat >"$target/uninstall.sh" <<END
#!/bin/sh
# Takes the program away. Homes (records, ledger, originals, keys) lie elsewhere and stay.
set -eu
homes=\$(find "$target" -name home.toml)
[ -z "\$homes" ] || { echo "数据目录在程序目录里，请先移走 · move this home away first: \$homes" >&2; exit 1; }
rm -rf "$target"
echo "程序已删除，数据目录未动 · the program is gone, homes are untouched"
END
chmod 755 "$target/uninstall.sh"
echo "已安装 · installed: $target/bin/liuhen"
