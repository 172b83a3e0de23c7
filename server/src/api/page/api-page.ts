/** The page of the API at /api: Swagger UI from here, with its script in a file of its own, as the policy wants it. */

export const API_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>rxgst: API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/api/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="/api/swagger-ui.js"></script>
<script src="/api/start.js"></script>
</body>
</html>
`

/** A session's cookie goes by itself; what changes something is sent as JSON, also where there is no body. */
export const API_SCRIPT = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor: request => {
    if (request.method !== 'GET') request.headers['Content-Type'] ??= 'application/json'
    return request
  },
})
`
