import subprocess

first = subprocess.Popen(["seq", "1", "50000"], stdout=subprocess.PIPE)
second = subprocess.Popen(["grep", "-c", "7"], stdin=first.stdout, stdout=subprocess.PIPE, text=True)
first.stdout.close()
out, _ = second.communicate()
print(first.wait(), second.returncode, out.strip())
