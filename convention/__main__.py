from convention.cli import main

main()
