// files.*: uploads in three steps. The bytes go to an address of their own; what they are is known a while after the file is complete, when Slack
// has looked at it, and only then may a block show it.
import { channelOf, fail, parsed } from './call.mjs'

const kinds = { '89504e47': 'image/png', ffd8ffe0: 'image/jpeg', 47494638: 'image/gif' }

function getUploadURL(slack, a) {
  if (!(Number(a.length) > 0)) fail('invalid_arguments')
  const id = slack.workspace.id('F')
  slack.uploads.set(id, { id, name: a.filename, length: Number(a.length) })
  return { upload_url: `${slack.url}/upload/v1/${id}`, file_id: id }
}

// The bytes, as they are or as a form's file. What is wrong, or ''.
export function uploaded(slack, path, type, body) {
  const upload = slack.uploads.get(path.split('/').at(-1))
  if (!upload || upload.bytes) return 'no such upload'
  const boundary = /boundary=(.+)$/.exec(type ?? '')?.[1]
  const begin = boundary ? body.indexOf('\r\n\r\n') + 4 : 0
  upload.bytes = boundary ? body.subarray(begin, body.indexOf(`\r\n--${boundary}`, begin)) : body
  if (upload.bytes.length !== upload.length) slack.violations.push(`upload: ${upload.bytes.length} bytes, and ${upload.length} were announced`)
  return ''
}

function complete(slack, a) {
  const files = parsed(a, 'files')
  if (!Array.isArray(files) || !files.length) fail('invalid_arguments')
  if (a.channel_id) channelOf(slack, a, { name: 'channel_id', joined: true })
  return { files: files.map(({ id, title }) => {
    const upload = slack.uploads.get(id)
    if (!upload?.bytes) fail('file_not_found')
    const file = { id, name: upload.name, title: title ?? upload.name, mimetype: '', filetype: '', size: upload.length, mode: 'hosted', user: slack.workspace.bot.id,
      channels: a.channel_id ? [a.channel_id] : [], url_private: `https://files.slack.com/files-pri/${slack.workspace.team}-${id}/${upload.name}` }
    slack.workspace.files.set(id, file)
    return file
  }) }
}

// Each look brings it nearer to the end of Slack's own.
function info(slack, a) {
  const file = slack.workspace.files.get(a.file) ?? fail('file_not_found')
  const upload = slack.uploads.get(a.file)
  if (upload && !file.mimetype) {
    upload.looks = (upload.looks ?? 0) + 1
    if (upload.looks > slack.slowFiles) file.mimetype = kinds[upload.bytes.toString('hex', 0, 4)] ?? 'text/plain'
  }
  return { file, comments: [] }
}

// What is wrong with the pictures of blocks.
export const faultsOfPictures = (slack, blocks) => blocks.flatMap((b, i) => {
  const file = b.type === 'image' && b.slack_file && slack.workspace.files.get(b.slack_file.id)
  return b.slack_file && !file?.mimetype?.startsWith('image/') ? [`[ERROR] invalid slack file [json-pointer:/blocks/${i}/slack_file]`] : []
})

export const files = {
  'files.getUploadURLExternal': ['files:write', getUploadURL],
  'files.completeUploadExternal': ['files:write', complete],
  'files.info': ['files:read', info],
}
