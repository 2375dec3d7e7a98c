# Processor seconds of openmined-psi's four steps, the bytes of its set and the count, for the two lists in a folder.
import os, sys, time

import private_set_intersection.python as psi


def read(name):
    with open(os.path.join(sys.argv[1], name + ".csv")) as file:
        return file.read().split()[1:]


owner, holder = read("owner"), read("holder")
server, client = psi.server.CreateWithNewKey(False), psi.client.CreateWithNewKey(False)
times = []


def timed(work):
    before = time.process_time()
    done = work()
    times.append(time.process_time() - before)
    return done


setup = timed(lambda: server.CreateSetupMessage(1e-6, len(holder), owner, psi.DataStructure.GCS))
request = timed(lambda: client.CreateRequest(holder))
response = timed(lambda: server.ProcessRequest(request))
count = timed(lambda: client.GetIntersectionSize(setup, response))
print(*times, len(setup.SerializeToString()), count)
