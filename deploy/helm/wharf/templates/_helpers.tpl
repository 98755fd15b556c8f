{{- define "wharf.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "wharf.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "wharf.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{ include "wharf.selector" . }}
{{- end -}}

{{- define "wharf.secret" -}}
{{- .Values.existingSecret | default (include "wharf.name" .) -}}
{{- end -}}

{{/* The keys of the Secret that pods cannot do without, one a line. */}}
{{- define "wharf.secretKeys" -}}
{{- $keys := list "WHARF_DB_URI" "WHARF_SECRET_KEY" "WHARF_DATABASE_SECRET_KEY" -}}
{{- if .Values.existingSecret -}}
{{- $keys = concat $keys .Values.secretKeys -}}
{{- else -}}
{{- range $name, $value := .Values.secret -}}
{{- if $value }}{{ $keys = append $keys $name }}{{ end -}}
{{- end -}}
{{- end -}}
{{- $keys | uniq | join "\n" -}}
{{- end -}}

{{/* config.yaml. An empty WHARF_DB_URI counts as none, and without one a node would begin a database of its own: this one
leads nowhere. */}}
{{- define "wharf.config" -}}
{{- $config := .Values.config -}}
{{- if has "WHARF_DISTRIBUTED_STORAGE_CONFIG" (include "wharf.secretKeys" . | splitList "\n") -}}
{{- $config = omit $config "DISTRIBUTED_STORAGE_CONFIG" -}}
{{- else if and (gt (len $config.DISTRIBUTED_STORAGE_CONFIG) 1) (not (hasKey $config "DISTRIBUTED_STORAGE_PREFERENCE")) -}}
{{- fail (printf "config.DISTRIBUTED_STORAGE_CONFIG has several locations (%s): take out those that are not meant by NAME: null, or say in config.DISTRIBUTED_STORAGE_PREFERENCE where new blobs go" (keys $config.DISTRIBUTED_STORAGE_CONFIG | sortAlpha | join ", ")) -}}
{{- end -}}
{{- merge (dict "DB_URI" "postgresql://wharf-db-uri-is-empty-in-the-secret.invalid/wharf") $config | toYaml -}}
{{- end -}}

{{- define "wharf.account" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "wharf.name" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}
