// For --says of `tocsin connector test`: hands the words to the test that waits at that address, and ends when they were said.
const [, , url, text] = process.argv
const answer = await fetch(url, { method: 'POST', body: text })
process.exit(answer.ok ? 0 : 1)
