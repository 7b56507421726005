import { OwnEngine } from './own-engine.ts';

/**
 * Docker's daemon of an ordinary user, as Debian brings it, below `run` as its XDG_RUNTIME_DIR. That user is `nobody`, who
 * is lent further ids and the device for tunnels in mounts that nobody else sees.
 */
export function startRootlessDocker(): Promise<OwnEngine> {
  return OwnEngine.start({
    name: 'dockerd-rootless',
    socket: 'run/docker.sock',
    script: (folder) => `
      cd ${folder}
      mkdir -p run home
      chown nobody run home
      chmod 755 .
      chmod 700 run
      echo nobody:100000:65536 > ids
      mknod -m 666 tun c 10 200
      mount --bind ids /etc/subuid
      mount --bind ids /etc/subgid
      mount --bind tun /dev/net/tun
      export XDG_RUNTIME_DIR=${folder}/run HOME=${folder}/home TMPDIR=${folder}/home
      export PATH=/usr/share/docker.io/contrib:/usr/sbin:/usr/bin:/sbin:/bin
      exec setpriv --reuid=nobody --regid=nogroup --init-groups dockerd-rootless.sh \\
        --storage-driver vfs --exec-opt native.cgroupdriver=cgroupfs`,
  });
}
