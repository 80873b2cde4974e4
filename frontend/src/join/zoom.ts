import { showImagePreview } from 'vant/es/image-preview'
import 'vant/es/image-preview/style/index'

/** The pages large, with two fingers to zoom. */
export function openZoom(images: string[], startPosition: number): void {
  showImagePreview({ images, startPosition, closeable: true, maxZoom: 5 })
}
