"""What finished work leaves behind: cells with their files and rows, tables of them, queries, and where each number came from."""
