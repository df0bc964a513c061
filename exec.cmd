@rem npm scripts say "exec node ..." so that a signal to npm reaches the server and no shell between; cmd.exe knows no exec.
@%*
