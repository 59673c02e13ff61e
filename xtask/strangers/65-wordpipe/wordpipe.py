# RUN: python3 wordpipe.py
# KIND: hangs
# CAUSE: The child inherited its own copy of the write end `w` at fork and never closes it, so its read() never sees end of file though the parent has closed its copy; the parent waits in waitpid for the child. The child must os.close(w) before it reads.
# MUST NOT SAY: that the parent forgot to close the pipe; it does close both ends.
import os

r, w = os.pipe()
pid = os.fork()

if pid == 0:
    # child: counts the words
    with os.fdopen(r) as source:
        text = source.read()
    print("words:", len(text.split()))
    os._exit(0)

# parent: produces the text
os.close(r)
with os.fdopen(w, "w") as sink:
    for line in ["the quick brown fox", "jumps over", "the lazy dog"]:
        sink.write(line + "\n")

os.waitpid(pid, 0)
print("child is finished")
