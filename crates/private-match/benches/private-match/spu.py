# Processor seconds of both parties of SecretFlow's ECDH protocol, and the count, for the two lists in a folder.
import multiprocessing, os, sys, tempfile, time

import spu.libspu as libspu
import spu.psi as psi

folder = sys.argv[1]
names = ["owner", "holder"]
ports = [f"127.0.0.1:{port}" for port in (39491, 39492)]


def party(rank, out, results):
    desc = libspu.link.Desc()
    for name, port in zip(names, ports):
        desc.add_party(name, port)
    link = libspu.link.create_brpc(desc, rank)
    config = psi.PsiExecuteConfig(
        protocol_conf=psi.PsiProtocolConfig(
            protocol=psi.PsiProtocol.PROTOCOL_ECDH,
            receiver_rank=1,
            ecdh_params=psi.EcdhParams(curve=psi.EllipticCurveType.CURVE_25519),
        ),
        input_params=psi.InputParams(
            type=psi.SourceType.SOURCE_TYPE_FILE_CSV,
            path=os.path.join(folder, names[rank] + ".csv"),
            selected_keys=["id"],
        ),
        output_params=psi.OutputParams(
            type=psi.SourceType.SOURCE_TYPE_FILE_CSV, path=os.path.join(out, names[rank] + ".csv"), disable_alignment=True
        ),
    )
    before = time.process_time()
    report = psi.psi_execute(config, link)
    results.put((time.process_time() - before, report.intersection_count if rank == 1 else 0))
    link.stop_link()


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    with tempfile.TemporaryDirectory() as out:
        results = multiprocessing.Queue()
        parties = [multiprocessing.Process(target=party, args=(rank, out, results)) for rank in (0, 1)]
        for process in parties:
            process.start()
        got = [results.get(timeout=900) for _ in parties]
        for process in parties:
            process.join(30)
    print(sum(seconds for seconds, _ in got), max(count for _, count in got))
