"""Another client of the exchange (the national mesh-client), for the tests of fairway-mesh:

    python peer.py URL send FILE TO      sends FILE in chunks, and prints the message's identifier
    python peer.py URL receive FILE      writes the first waiting message to FILE and acknowledges it
"""
import sys

from mesh_client import MeshClient

MAILBOX = "X26ABC2"


def main(url, verb, path, *to):
    with MeshClient(url, MAILBOX, "password", shared_key=b"TestKey", verify=False, max_chunk_size=70_000) as client:
        client.handshake()
        if verb == "send":
            with open(path, "rb") as file:
                print(client.send_message(to[0], file.read(), workflow_id="TEST_WORKFLOW", subject="from-a-peer"))
            return
        message = client.retrieve_message(client.list_messages()[0])
        with open(path, "wb") as file:
            file.write(message.read())
        message.acknowledge()


main(*sys.argv[1:])
