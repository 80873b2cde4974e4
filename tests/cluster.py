"""`make cluster`: the production topology on this machine until Ctrl-C, stopped cleanly."""

import shutil
import signal
import sys
import threading
from pathlib import Path

from tests.support.product import Cluster, demo_of


def main() -> int:
    folder = Path("var/cluster").resolve()
    shutil.rmtree(folder, ignore_errors=True)
    cluster = Cluster(folder, media_nodes=2)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    try:
        print("正在启动 PostgreSQL、Redis、S3 和各进程 …")
        cluster.start()
        demo = demo_of(folder)
        print(f"生产拓扑已启动:{cluster.url}/desk/(日志在 {folder}),Ctrl-C 停止。")
        for name, running in cluster.processes.items():
            print(f"  {name:12} pid {running.pid}")
        for username, password in demo.staff.items():
            print(f"  账号 {username}  密码 {password}")
        print(f"  申请人链接 {demo.link}")
        print(f"  审批系统接口密钥 {demo.api_key}  回传地址 {cluster.receiver.url}")
        stop.wait()
    finally:
        cluster.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
