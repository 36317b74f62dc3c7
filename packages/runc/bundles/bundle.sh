# Running a bundle: a folder with config.json, which runc reads, and
# runtime.json, which says what must be there before the container is.
# Sourced by the scripts in /etc/init.d and /etc/shutdown.d.
# shellcheck shell=dash

lib=/usr/lib/bundles

# What the calls that runtime.awk writes do before the container exists.

runtime_cgroup() {
    mkdir -p "/sys/fs/cgroup/$1"
}

# A change of propagation ("remount", "private") is no mount, and mount(2)
# takes it only by itself.
runtime_mount() {
    flags=
    propagation=
    overlay=
    # shellcheck disable=SC2086 # options are separated by commas, and split here
    for option in $(IFS=,; set -f; printf '%s\n' $4); do
        case $option in
        private | rprivate | shared | rshared | slave | rslave | unbindable | runbindable)
            propagation=$option
            ;;
        upperdir=* | workdir=*)
            overlay="$overlay ${option#*=}"
            flags=$flags,$option
            ;;
        *)
            flags=$flags,$option
            ;;
        esac
    done
    flags=${flags#,}
    mkdir -p "$3"
    # shellcheck disable=SC2086 # two folder names of our own making
    [ -z "$overlay" ] || mkdir -p $overlay
    if [ -z "$propagation" ] || [ "$flags" != remount ]; then
        mount ${1:+-t "$1"} ${flags:+-o "$flags"} "${2:-none}" "$3" || return
    fi
    if [ -n "$propagation" ]; then
        mount "--make-$propagation" "$3"
    fi
}

runtime_mkdir() {
    mkdir -p "$1"
}

# Interfaces and namespaces need the container's process: bundle-hook sees to
# them when runc has made it.
runtime_interface() {
    hook=yes
}
runtime_namespace() {
    hook=yes
}

# Prepares bundle $1, and sets `bundle` to the folder that runc shall use.
prepare() {
    bundle=${1%/}
    hook=
    eval "$(awk -f "$lib/runtime.awk" "$bundle/runtime.json")"
    if [ -n "$hook" ]; then
        add_hook "$bundle" "/run/bundles/${bundle##*/}"
        bundle=/run/bundles/${bundle##*/}
    fi
}

# A copy, in $2, of the config.json of bundle $1 that has runc call bundle-hook
# between making the container's namespaces and starting its process.
add_hook() {
    mkdir -p "$2"
    sed -e "1s|.*|{ \"hooks\": { \"createRuntime\": [ { \"path\": \"$lib/bundle-hook\", \"args\": [ \"bundle-hook\", \"$1\" ] } ] },|" \
        -e "s|^        \"path\": \"rootfs\"|        \"path\": \"$1/rootfs\"|" \
        "$1/config.json" >"$2/config.json"
}

# Runs the bundles in folder $1 one after the other, each to its end. What they
# say goes to a log in $2 and then to the console.
run_all() {
    mkdir -p "$2"
    for folder in "$1"/*/; do
        [ -e "${folder}config.json" ] || continue
        prepare "$folder"
        name=$(basename "$folder")
        runc run --bundle "$bundle" "$name" </dev/null >"$2/$name.out.log" 2>"$2/$name.log"
        status=$?
        cat "$2/$name.out.log" "$2/$name.log"
        [ "$status" = 0 ] || echo "$name: exited with status $status"
    done
}
