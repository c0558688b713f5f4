#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# dracut module: bus and storage of one kind, both in the image, and loaded before
# anything else takes the disks

check() {
    [ -f /usr/share/hv-lis/modules ]
}

depends() {
    return 0
}

installkernel() {
    local part m
    for part in common module image drivers boot modules; do
        # shellcheck source=/dev/null
        . "/usr/share/hv-lis/$part.sh" || return 1
    done
    # shellcheck disable=SC2154 # dracut's
    case $(set +o pipefail; disk_word "$kernel") in
    ours)
        for m in $(hvl_modules); do
            # a kernel may have none of ours by that name, and its own would not load
            case $(set +o pipefail; module_kind "$(module_file "$kernel" "$m")") in
            ours:*) hostonly='' instmods "$m" ;;
            esac
        done
        mkdir -p "${initdir:?}/etc/cmdline.d"
        echo "rd.driver.pre=hv_storvsc" > "$initdir/etc/cmdline.d/90-hv-lis.conf"
        ;;
    in-box)
        hostonly='' instmods =drivers/hv hv_storvsc
        ;;
    mixed)
        derror "hv-lis: $kernel has some of our modules only; run 'hv-lis repair'"
        return 1
        ;;
    esac
    return 0
}

install() {
    return 0
}
