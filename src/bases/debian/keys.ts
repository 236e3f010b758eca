/**
 * The public keys of the Debian archive for bookworm and trixie, as their OpenPGP v4 key packets (RFC 9580, section 5.5.2): what
 * Release files are signed with. Fingerprints as published at https://ftp-master.debian.org/keys.html.
 */

export interface PublishedKey {
	readonly name: string;
	readonly fingerprint: string;
	/** Body of the key packet, base64. */
	readonly packet: string;
}

export const DEBIAN_KEYS: readonly PublishedKey[] = [
	{
		name: 'Debian Archive Automatic Signing Key (12/bookworm)',
		fingerprint: '4CB50190207B4758A3F73A796ED0E7B82643E131',
		packet:
			'BGPL0BUBEADlIikS7hDU7PG64tF5vOTdUSBui36HPoe0t7wfobtkDCzKsm8lVyz7DAgo+Ikj6zF7ocM7t8PrN8b0c2dNRw5GDcVMxdNEC06/Beu78mWncrH/YMrWBblSYDEQcURpZHtyMU9C5JwCJT1+A8rOT/ukHTmbZJvR/DhFMxl5JAUBqYm2MzRo+yCCTnDXIuPS+BjP5Ms5wxZ1AfEHxw+6QY/5vGqRhplI78D1DoFbRSUe17n3JSB5CQnqOJfqaaXXkE4PLmdnpViKhDQGdAm4+li/stqFvw4ZZg7hR5IL3/4SpXE7UDBiB9tmTUCo43qiqFU549iRd4EMvMSUPvZ3P2GQ910SAwirTL7NGQccFoKGB2NxPM0YRP8scqrgF/7vAU2iEuDt8ObZdbZeg79rCDY162/BUwHMHuLbqOcbSYEq2JOEnW1CKIdjIJ9vJsOCGrz9BzTN2hUGvxZemP1ZBiyAqK9VE3t/vXb0wB5I8NC2x7qvYHlIrg6kefoWXfkgRkwnYpmX0ywtLF2t3U7xfDYksQd8kP/025YCYeB0t+0ODiDHNlFnmVEU5bx2L9Hw7SClAnOoZdCKd3mhrXl4Dlc61NtAnnBybWNsFIXJBOJcTIX1PYdcBA7BPBgerpgAYVELerhZukshAWmmqaAXm/8choSeWEdfnBUpvtmdgG8AtwARAQAB',
	},
	{
		name: 'Debian Archive Automatic Signing Key (13/trixie)',
		fingerprint: 'B8E5F13176D2A7A75220028078DBA3BC47EF2265',
		packet:
			'BGfpPhUBEACygnWLGoIlLzcdlGoqPilLsgSQb/PN4pw+o3UJMfmWNtHulhVm/bpQr+ut/4POrp19kxaYU0tB5vcPPAz5PpG00kw47c42XO0WAngq+Z8c/X7pDu0prGiTXHnWf0rINHXn403SN7EISGClSiTiU7l8jOhClUy3ZbVNMYFGzVa5VfBSzp8i7QBcAH3YS+FdE1vQQI3vZ13T25s3nghT6AHCmTnSRdHjdEoKY8/FpTTlLc+x3Q3i5qqUYwwj9rOd2FtyZ+pudOIW/CQX0+PGeNTGkVkuDiCA8B4vzZ8nJyMnoQ8AeDLsb9PVkzPCL9NwtB0Wrat5mcAq00oQGD3J8OKNtRHux76fIA/M1VemjxKbC79knGfCYaOtyNC7NasjcKnOJLuy5DlNnnXkXpmQCO6f2mWetsq7qUAZaW02u7sQ4QLs+zK+cwz5Fcni5Lo0FRfsWdIVGYJjtxZZY0Lh7qRzYESv/KIhxnq8Iim+/rtWfHrPcq9hjykFQ3vtZKFfIhhDJMg6cNh+ev+JrHb+2RcEnogtYxyHmh9Eb0iSvYN7Uxi8hc/wdmn6+l/J/vSrjXrNz8f9mUt48MjLpkssMPVHfM2mPaLoqBINP7zS3uVLZ5maYUaRJDTkg72es9DFg9t3DxVSCwsPTet8MDRPDEFV7q2cDXTqHoV0JzrbFcWBQwARAQAB',
	},
	{
		name: 'Debian Security Archive Automatic Signing Key (12/bookworm)',
		fingerprint: 'B0CAB9266E8C3929798B3EEEBDE6D2B9216EC7A8',
		packet:
			'BGPL0F0BEADg0ux+DJGosdzyReAND8zy7WXNY1HbaXW57gyAkNLq6VkSdlj+VxEdZUbOJxhQZ1hLz/uPYK0+htMeCPfJ0IFmJYo96nU1oA3GN7TC5WioorWmh5ncnIX+VV11yo33BQHVlv/P52TQQQCWY4Mn7zp7d5BtsjbiaGYqddLadQKUIW7ErMToYnQws+Dh9AfVVy0IsYtnMd7lE2xdG3W//vuf4/Rr8dxRGMWcQlNlD/Rv2LgW+pPtXJ9jHi6vdg5XxWY04ck+kNBM1o1mCoSP8jtIVNsJjMmufqlxn30BbH3C5vA0BQwnDEssReu4O1a7mqXaYry5R+OTd3txyMh6riM1+t5eZujEjhJiTsq2GIJu+/fFv11Q5L+8wOPmTFaUN7Pg73H00a9JbUNE6p1XuLVJ8qc1EpbBxYYqLZKHWlicq3BgYq/MFORVCuMhFaokv5ZuJAFLTZORBetkHBgJ0ns35B/6yJtM1nw94KDYm95HHnmCY81dbmQBxfhy5C0wLwokaGuRWBCnvH91WDjWSx54MsIb53x75onuH0GZB0P1+981sNJubEuE+1J91xkJI3xvAtfo3jERO7LYwsiSZOvu+HgPy0X1900rTRSXgsD8b0nMjEBQP0f2d9i+Jc/l6dXxxU4xLO8bLH24O0FLjOqWRmvwa8Bdc9bc/0nTvVXLawARAQAB',
	},
	{
		name: 'Debian Security Archive Automatic Signing Key (13/trixie)',
		fingerprint: '89C87ACEA5DD6B8E6A7068808E9F831205B4BA95',
		packet:
			'BGfpPl0BEAChBbWGxo5+KUAHyz3DSblZpFjzv71W1DNuceRhNfUOUsu3lZKeI1dd3jchp367fmaC5+2rsg5AiZzuGwmhmFtgo1fB2ImCPGXuafexKMrJzpLIJm0YxZnNzWauEWmZGTui4UjZ6DjB+c0UvapShIoRxBCgXckTO+w4RgcE5/aakAPh6PD4GyJHX8zAUZW21ZmS9NdNj3K4/8uBcICI0mRhwvXBFz5PmBOPY9n5hI5iKC8cKR8F0CG1JRhtNsThx0S09fT+dQAnGPEo2PTwTcxji5OGHcWYfM4qMnfuEAjOGMCYh6GkKDzWMhc2kropnA0P3464dK2sZ4peVOp2nx0m4GucqdtohZ0Ud9dJOchrjaS4Ob97s4bSti+cd0vboPxnZqi4i8GS2jvFBv8dkKbvn9Q4TNJdx/r2GBlBxgHfZZq2P77uGZn1JjAzKGpNpW4KUG3p7LOsxGDUP1kjKbNryq35m/BTXIhDNizwfdClwVmKktFdApTpcHPlk/tIu3c1fOfmXZtkWv8oDJOXD0si2rabrfodCU7fRTOLRLc8pH83S/HSlAr4Fe6aAQMzzddUpG5uNDBgFi0tBXB/Vvplz0P3t1YfdTTrnnWU2esYqIi/BMu8iu/yTe0eT8PFNwJLi9s26RSntD5blAlRlvTh0lsq8ZOQbzNrZ4XbISgmzwARAQAB',
	},
	{
		name: 'Debian Stable Release Key (12/bookworm)',
		fingerprint: '4D64FEC119C2029067D6E791F8D2585B8783D481',
		packet: 'BGPOuVMWCSsGAQQB2kcPAQEHQHe2dLK8LoZQeiShZHH+B1OEkkv8XEX8BEFs63K3+gBK',
	},
	{
		name: 'Debian Stable Release Key (13/trixie)',
		fingerprint: '41587F7DB8C774BCCF131416762F67A0B2C39DE4',
		packet: 'BGfhqtUWCSsGAQQB2kcPAQEHQEZYdTl/OCjyUXnQD/zO1sTxRLYVsqQKfJ73nRYaml9K',
	},
];
