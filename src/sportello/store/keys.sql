-- name: sealed
-- Everything that is sealed: what it is, and its row.
SELECT 'token' AS what, id FROM sportello_token
UNION ALL SELECT 'pin', id FROM sportello_token WHERE pin IS NOT NULL
UNION ALL SELECT 'secret', id FROM sportello_connectionsecret
UNION ALL SELECT 'app', id FROM sportello_appsecret
UNION ALL SELECT 'model', id FROM sportello_modelkey
UNION ALL SELECT 'voice', id FROM sportello_voicekey
UNION ALL SELECT 'action', id FROM sportello_actionsecret
UNION ALL SELECT 'endpoint', id FROM sportello_endpointsecret
UNION ALL SELECT 'provider', id FROM sportello_identityprovider
UNION ALL SELECT 'factor', id FROM mfa_authenticator WHERE type IN ('totp', 'recovery_codes')
ORDER BY 1, 2;

-- name: lock_token
-- A token, ours until it is sealed anew.
SELECT sealed FROM sportello_token WHERE id = %(id)s FOR NO KEY UPDATE;

-- name: put_token
-- The same token under the newest key.
UPDATE sportello_token SET sealed = %(sealed)s WHERE id = %(id)s;

-- name: lock_pin
-- A PIN, ours until it is sealed anew.
SELECT pin AS sealed FROM sportello_token WHERE id = %(id)s AND pin IS NOT NULL FOR NO KEY UPDATE;

-- name: put_pin
-- The same PIN under the newest key.
UPDATE sportello_token SET pin = %(sealed)s WHERE id = %(id)s;

-- name: lock_secret
-- A secret on its way, ours until it is sealed anew.
SELECT sealed FROM sportello_connectionsecret WHERE id = %(id)s FOR NO KEY UPDATE;

-- name: put_secret
-- The same secret under the newest key.
UPDATE sportello_connectionsecret SET sealed = %(sealed)s WHERE id = %(id)s;

-- name: lock_app
-- An app's secret, ours until it is sealed anew.
SELECT sealed FROM sportello_appsecret WHERE id = %(id)s FOR NO KEY UPDATE;

-- name: put_app
-- The same secret under the newest key.
UPDATE sportello_appsecret SET sealed = %(sealed)s WHERE id = %(id)s;

-- name: lock_model
-- A model's key, ours until it is sealed anew.
SELECT sealed FROM sportello_modelkey WHERE id = %(id)s FOR NO KEY UPDATE;

-- name: put_model
-- The same model's key under the newest key.
UPDATE sportello_modelkey SET sealed = %(sealed)s WHERE id = %(id)s;

-- name: lock_voice
-- The key of whoever writes voice notes down, ours until it is sealed anew.
SELECT sealed FROM sportello_voicekey WHERE id = %(id)s FOR NO KEY UPDATE;

-- name: put_voice
-- The same key under the newest key.
UPDATE sportello_voicekey SET sealed = %(sealed)s WHERE id = %(id)s;

-- name: lock_action
-- An action's secret, ours until it is sealed anew.
SELECT sealed FROM sportello_actionsecret WHERE id = %(id)s FOR NO KEY UPDATE;

-- name: put_action
-- The same secret of an action under the newest key.
UPDATE sportello_actionsecret SET sealed = %(sealed)s WHERE id = %(id)s;

-- name: lock_endpoint
-- A secret that signs what goes out, ours until it is sealed anew.
SELECT sealed FROM sportello_endpointsecret WHERE id = %(id)s FOR NO KEY UPDATE;

-- name: put_endpoint
-- The same secret of an endpoint under the newest key.
UPDATE sportello_endpointsecret SET sealed = %(sealed)s WHERE id = %(id)s;

-- name: lock_provider
-- The secret for an identity provider, ours until it is sealed anew.
SELECT sealed FROM sportello_identityprovider WHERE id = %(id)s FOR NO KEY UPDATE;

-- name: put_provider
-- The same secret for an identity provider under the newest key.
UPDATE sportello_identityprovider SET sealed = %(sealed)s WHERE id = %(id)s;

-- name: lock_factor
-- The secret of an authenticator app or the seed of recovery codes, ours until it is sealed anew.
SELECT convert_to(coalesce(data->>'secret', data->>'seed'), 'UTF8') AS sealed
FROM mfa_authenticator WHERE id = %(id)s FOR NO KEY UPDATE;

-- name: put_factor
-- The same secret under the newest key.
UPDATE mfa_authenticator
SET data = jsonb_set(
    data,
    ARRAY[CASE type WHEN 'totp' THEN 'secret' ELSE 'seed' END],
    to_jsonb(convert_from(%(sealed)s::bytea, 'UTF8'))
)
WHERE id = %(id)s;
