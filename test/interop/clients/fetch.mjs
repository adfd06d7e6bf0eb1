// GETs by fetch: prints status and title, or the failure.

for (const url of process.argv.slice(2)) {
  try {
    const response = await fetch(url)
    const page = await response.text()
    console.log(url, response.status, page.match(/<title>(.*)<\/title>/)?.[1] ?? '')
  } catch (failure) {
    console.log(url, 'refused', failure.cause?.code ?? failure.cause?.message ?? failure.message)
  }
}
