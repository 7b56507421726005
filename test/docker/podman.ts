import { OwnEngine } from './own-engine.ts';

/** Apart from what a Podman of this machine keeps; the image stays there between runs. Both folders are written down there. */
const storage = '/var/tmp/switchover-podman';

/**
 * Podman's service with a socket that speaks as Docker's does. Where the machine has both kinds of control groups, crun runs
 * nothing: it must see but one. The limits are those that whatever runs the tests may set; and whoever watched a command
 * that ended does not stay for minutes.
 */
export function startPodman(): Promise<OwnEngine> {
  return OwnEngine.start({
    name: 'podman',
    socket: 'podman.sock',
    script: (folder) => `
      [ ! -e /sys/fs/cgroup/unified ] || umount /sys/fs/cgroup/unified
      cat > ${folder}/containers.conf <<'end'
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
exit_command_delay = 1
end
      export CONTAINERS_CONF=${folder}/containers.conf
      exec podman --root ${storage}/root --runroot ${storage}/run --cgroup-manager cgroupfs \\
        --events-backend file system service --time=0 unix://${folder}/podman.sock`,
  });
}
